/** What a matcher found: whether it is as expected, and what it says where that was not wanted. */
export interface Found {
  readonly pass: boolean
  readonly message: string
}
