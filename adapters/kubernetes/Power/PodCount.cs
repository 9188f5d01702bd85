namespace Ebb.Kubernetes.Power;

/// <summary>The pods of one workload.</summary>
/// <param name="Left">Those that exist, terminating ones included, finished ones not.</param>
/// <param name="Ready">Those of them that are ready and not terminating.</param>
internal readonly record struct PodCount(int Left, int Ready);
