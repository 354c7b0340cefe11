DROP TABLE conventions;
DROP TABLE wave_explanations;
DROP TABLE wave_devices;
DROP TABLE wave_supply;
DROP TABLE wave_pins;
DROP TABLE wave_lines;
DROP TABLE waves;
