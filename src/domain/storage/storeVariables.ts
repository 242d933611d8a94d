/** The variables that say where what has a name is kept. The launcher asks before anything of Effect is loaded. */
export const storeVariables = [
  "MP_STORE",
  "MP_STORE_KEY",
  "MP_STORE_NAMESPACE",
  "MP_STORE_CACHE",
  "MP_STORE_REPLICAS"
] as const

/** Whether `MP_STORE` says the disk of this machine, as it does where it is unset. */
export const isOnDisk = (store: string | undefined): boolean => !store || store === "file:"
