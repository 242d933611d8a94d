/** A deliberate bug: an edit of a text, and the test that has to see it. */
export interface Seed {
  readonly bug: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The test file, and the tests in it that are enough. */
  readonly test: readonly [file: string, name?: string]
}
