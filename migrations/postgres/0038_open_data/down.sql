DROP TRIGGER conventions_open_update ON conventions;
DROP TRIGGER organisations_open_update ON organisations;
DROP FUNCTION open_data_changed();
DROP TRIGGER wave_lines_given_update ON wave_lines;
DROP TRIGGER devices_given_returned ON devices;
DROP FUNCTION devices_given_returned();
DROP TRIGGER handovers_counts_update ON handovers;
DROP FUNCTION given_of_wave_changed();
