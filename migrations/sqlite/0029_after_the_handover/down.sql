DROP TABLE incidents;
ALTER TABLE programmes DROP COLUMN guarantee_months;
