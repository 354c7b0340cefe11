DROP TRIGGER conventions_open_update;
DROP TRIGGER conventions_open_insert;
DROP TRIGGER organisations_open_update;
DROP TRIGGER wave_lines_given_update;
DROP TRIGGER devices_given_returned;
DROP TRIGGER handovers_counts_update;
