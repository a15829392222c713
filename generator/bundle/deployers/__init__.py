"""The deployers by name: each turns a plan into the files of a bundle. A new one is a module and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from generator.bundle.deployers import argocd, flux, helm, helmfile
from generator.bundle.model import Deployer

__all__ = ["DEPLOYERS"]

DEPLOYERS: Mapping[str, Deployer] = {
    "helm": helm.files,
    "argocd": argocd.files,
    "flux": flux.files,
    "helmfile": helmfile.files,
}
