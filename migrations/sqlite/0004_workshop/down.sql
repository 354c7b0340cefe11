DROP TABLE accessory_movements;
DROP TABLE accessory_stock;
DROP TABLE custody_events;
DROP TABLE drives;
DROP TABLE devices;
