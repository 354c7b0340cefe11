DROP TABLE batch_trucks;
