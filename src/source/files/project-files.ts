export const CHART_FILE = 'Chart.yaml';
/** The names in kustomize `konfig.RecognizedKustomizationFileNames`. */
export const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** The folders of a chart that `helm template` reads by itself. */
export const CHART_FOLDERS = ['templates', 'charts', 'crds'];
/** The files that it reads beside them, which are no manifests unless they say so. */
export const CHART_VALUES = ['values.yaml', 'values.schema.json', 'requirements.yaml'];
