// Validates Kubernetes objects of Argo CD and Flux with the validators of the kubernetes-models packages.
// Reads a JSON list of objects from stdin; prints a JSON list of {object, errors} for those that fail.
// Usage: node check_objects.mjs <node_modules folder>
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const MODELS = {
  "argoproj.io/v1alpha1/Application":
    "argo-cd/_schemas/ComGithubArgoprojArgoCdV3PkgApisApplicationV1alpha1Application.js",
  "helm.toolkit.fluxcd.io/v2/HelmRelease":
    "flux-cd/_schemas/ComGithubFluxcdHelmControllerApiV2HelmRelease.js",
  "source.toolkit.fluxcd.io/v1/HelmRepository":
    "flux-cd/_schemas/ComGithubFluxcdSourceControllerApiV1HelmRepository.js",
  "source.toolkit.fluxcd.io/v1/GitRepository":
    "flux-cd/_schemas/ComGithubFluxcdSourceControllerApiV1GitRepository.js",
  "source.toolkit.fluxcd.io/v1/OCIRepository":
    "flux-cd/_schemas/ComGithubFluxcdSourceControllerApiV1OCIRepository.js",
  "kustomize.toolkit.fluxcd.io/v1/Kustomization":
    "flux-cd/_schemas/ComGithubFluxcdKustomizeControllerApiV1Kustomization.js",
};

const folder = process.argv[2];
const failed = [];
for (const object of JSON.parse(readFileSync(0, "utf8"))) {
  const model = MODELS[`${object.apiVersion}/${object.kind}`];
  if (!model) {
    failed.push({ object, errors: ["no schema is known for its kind"] });
    continue;
  }
  const { validate } = await import(pathToFileURL(join(folder, "@kubernetes-models", model)).href);
  if (!validate(object)) failed.push({ object, errors: validate.errors });
}
process.stdout.write(JSON.stringify(failed));
