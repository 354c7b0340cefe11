DROP INDEX handovers_by_day;
DROP INDEX devices_ready;
DROP INDEX applications_by_score;
DROP TABLE wave_submissions;
