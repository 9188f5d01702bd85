namespace Ebb.Kubernetes.Power;

/// <summary>What is watched of a kind.</summary>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Whole">All of each object, since it sleeps by its fields.</param>
internal readonly record struct WatchedKind(string ApiVersion, string Kind, bool Whole);
