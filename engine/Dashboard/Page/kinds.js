/* Short marks of kinds, as kubectl abbreviates them; of a kind of one's own the capitals. */
const marks = { deployment: "deploy", statefulset: "sts", cronjob: "cj", cluster: "cnpg", scaledobject: "so", kustomization: "ks", helmrelease: "hr", application: "app" };
export const mark = kind => marks[kind] || kind.split("/").pop().replace(/[a-z0-9]+/g, "").slice(0, 4) || kind.split("/").pop().slice(0, 6);
