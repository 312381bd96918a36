import type { Shown } from './shown';

/** "Clear Heat": no profile is shown any more. It stays held, and can be chosen again. */
export async function clearHeat(shown: Shown): Promise<void> {
  await shown.select();
}
