export { GUARD, LOCK_PREFIX, SNAPSHOT_ANNOTATION } from '../guard/names.ts';
