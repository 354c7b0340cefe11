DROP TABLE application_scores;
DROP TABLE programme_rubrics;
DROP TABLE reminders;
DROP TABLE obligations;
DROP TABLE appeals;
