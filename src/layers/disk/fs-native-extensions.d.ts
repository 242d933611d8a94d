declare module "fs-native-extensions" {
  /** Takes an exclusive lock of the open file description, or answers `false` when another one has it. */
  export function tryLock(fd: number, offset: number, length: number): boolean
}
