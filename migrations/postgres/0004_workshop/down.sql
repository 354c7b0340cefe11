DROP TABLE accessory_movements;
DROP TABLE accessory_stock;
DROP TABLE custody_events;
DROP TABLE drives;
DROP TABLE devices;
DROP FUNCTION custody_events_append_only();
