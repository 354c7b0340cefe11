DROP TRIGGER obligations_counts_update ON obligations;
DROP FUNCTION obligations_counts_changed();
