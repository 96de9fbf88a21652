/**
 * Verdicts of persons on one member and others, those taken back included: they stand in its flag. As many as a party
 * may have members twice over; who needs more has a source that should name the same id.
 */
export const VERDICTS_LIMIT = 128;
