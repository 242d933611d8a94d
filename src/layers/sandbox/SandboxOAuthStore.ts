/** Where the sandbox's authorization server keeps things: a map that ends with the sandbox. */

interface Stored {
  readonly grantId?: string
  readonly uid?: string
  readonly userCode?: string
  consumed?: number
}

/** The adapter that `oidc-provider` asks for, one instance per kind of thing. */
export const makeStore = () => {
  const entries = new Map<string, { readonly value: Stored; readonly expiresAt: number }>()

  const find = (key: string): Stored | undefined => {
    const entry = entries.get(key)
    return entry !== undefined && entry.expiresAt > Date.now() ? entry.value : undefined
  }

  const findBy = (prefix: string, matches: (value: Stored) => boolean): Stored | undefined => {
    const key = [...entries].find(([name, { value }]) => name.startsWith(prefix) && matches(value))?.[0]
    return key === undefined ? undefined : find(key)
  }

  return (kind: string) => ({
    upsert: async (id: string, value: Stored, expiresIn?: number) => {
      const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000
      entries.set(`${kind}:${id}`, { value, expiresAt })
    },
    find: async (id: string) => find(`${kind}:${id}`),
    findByUid: async (uid: string) => findBy(`${kind}:`, (value) => value.uid === uid),
    findByUserCode: async (userCode: string) => findBy(`${kind}:`, (value) => value.userCode === userCode),
    destroy: async (id: string) => void entries.delete(`${kind}:${id}`),
    consume: async (id: string) => {
      const value = find(`${kind}:${id}`)
      if (value !== undefined) value.consumed = Math.floor(Date.now() / 1000)
    },
    revokeByGrantId: async (grantId: string) => {
      for (const [key, { value }] of entries) if (value.grantId === grantId) entries.delete(key)
    }
  })
}
