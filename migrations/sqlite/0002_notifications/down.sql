DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
DROP TABLE mail_keys;
DROP TABLE notification_choices;
DROP TABLE outbox;
