DROP TABLE loans;
ALTER TABLE programmes DROP COLUMN loan_months;
