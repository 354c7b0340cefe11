DROP INDEX handovers_by_completion;
