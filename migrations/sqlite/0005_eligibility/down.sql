DROP TABLE territories;
DROP TABLE assessments;
DROP TABLE applications;
DROP TABLE programmes;
