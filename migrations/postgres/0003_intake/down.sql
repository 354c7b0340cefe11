DROP TABLE batches;
DROP TABLE counters;
