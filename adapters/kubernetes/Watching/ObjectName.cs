namespace Ebb.Kubernetes.Watching;

/// <summary>Where an object is; the namespace is empty for kinds without.</summary>
internal readonly record struct ObjectName(string Namespace, string Name);
