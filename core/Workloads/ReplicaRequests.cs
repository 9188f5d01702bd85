namespace Ebb.Core.Workloads;

/// <summary>What each pod of a workload requests, by its template.</summary>
/// <param name="Cores">Of CPU; null: nothing is requested.</param>
/// <param name="Gibibytes">Of memory; null likewise.</param>
public sealed record ReplicaRequests(double? Cores, double? Gibibytes);
