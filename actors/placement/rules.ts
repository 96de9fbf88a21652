/**
 * What a host does so that no partition stays without an owner, and none changes its owner needlessly; epochs keep the
 * data safe without any of it. Production has all of these, always; only the simulator leaves one out, to show that it
 * would notice.
 */
export interface PlacementRules {
  /** Checkpoints are looked at now and then: one that names an opening that is gone is taken over again ... */
  readonly findUsurpers: boolean;
  /** ... also where it is a take-over by the same opening that happened once more, late. */
  readonly compareEpochs: boolean;
  /** Whoever takes a partition over lets a former owner that lives finish. */
  readonly handOver: boolean;
  /** Whoever stood still lets go, and takes nothing before it has heard of the others again. */
  readonly noticeSleep: boolean;
}

export const PLACEMENT_RULES: PlacementRules = Object.freeze({
  findUsurpers: true,
  compareEpochs: true,
  handOver: true,
  noticeSleep: true,
});
