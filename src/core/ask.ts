/** How an operation reaches the user in the middle of its work. Only there where somebody sits at a terminal. */
export interface Ask {
  /** Yes or no. */
  readonly confirm: (question: string) => Promise<boolean>
  /** Something that is not shown while it is typed. */
  readonly secret: (question: string) => Promise<string>
}
