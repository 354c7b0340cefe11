DROP TRIGGER organisations_counts_update ON organisations;
DROP TRIGGER waves_counts_update ON waves;
DROP TRIGGER wave_lines_counts_update ON wave_lines;
DROP TRIGGER wave_devices_counts_update ON wave_devices;
DROP TRIGGER wave_devices_counts_insert ON wave_devices;
DROP TRIGGER device_counts_given ON devices;
DROP TRIGGER device_counts_update ON devices;
DROP TRIGGER device_counts_delete ON devices;
DROP TRIGGER device_counts_insert ON devices;
DROP FUNCTION organisations_counts_changed(), waves_counts_changed(), wave_lines_counts_changed(), wave_devices_counts_changed(),
    wave_devices_counts_added(), device_counts_given(), device_counts_moved(), device_counts_taken(),
    device_counts_added(), fold_device_counts();
DROP VIEW device_counts;
DROP VIEW device_count_changes_by_side;
DROP TABLE device_count_changes;
DROP TABLE device_count_sums;
