/**
 * Writes the files that charts/cofferdam takes from elsewhere in the project, and its README from its values. `node
 * scripts/chart.ts` writes; `node scripts/chart.ts --check` exits 1 when a file is not what it would write.
 */
import { CHART_FILES } from './pages/chart.ts';
import { writeOrCheck } from './write.ts';

const FOLDER = new URL('../charts/cofferdam/', import.meta.url);

for (const [path, render] of Object.entries(CHART_FILES)) writeOrCheck(new URL(path, FOLDER), render());
