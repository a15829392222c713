/** A made-up cluster to try the page with: an EKS cluster of H100 nodes whose Kubernetes and node image have aged. */
export const SAMPLE_NAME = "sample-cluster.yaml";
export const SAMPLE = `apiVersion: aicr.nvidia.com/v1alpha1
kind: Snapshot
metadata:
  timestamp: "2026-03-20T10:11:12Z"
  version: sample
measurements:
- type: K8s
  subtypes:
  - subtype: server
    data: {version: v1.30.14-eks-931bdca, platform: linux/amd64}
  - subtype: node
    data:
      provider: eks
      provider-id: aws:///eu-central-1a/i-0123456789abcdef0
      kernel-version: 6.5.0-1024-aws
      kubelet-version: v1.30.14-eks-931bdca
      os-image: Ubuntu 22.04.5 LTS
      container-runtime-version: 1.7.27
- type: OS
  subtypes:
  - subtype: release
    data: {ID: ubuntu, VERSION_ID: "22.04", NAME: Ubuntu, PRETTY_NAME: Ubuntu 22.04.5 LTS}
  - subtype: sysctl
    data: {/proc/sys/kernel/osrelease: 6.5.0-1024-aws, /proc/sys/kernel/numa_balancing: "0"}
- type: GPU
  subtypes:
  - subtype: smi
    data: {gpu.model: NVIDIA H100 80GB HBM3, gpu-count: "8", driver-version: 550.127.08, cuda-version: "12.4"}
- type: NodeTopology
  subtypes:
  - subtype: summary
    data: {node-count: "3"}
  - subtype: label
    data:
      nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3|gpu-a,gpu-b
      nvidia.com/gpu.count: 8|gpu-a,gpu-b
      kubernetes.io/os: linux|gpu-a,gpu-b,system-a
`;
