using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Api;

/// <summary>What a watch reports.</summary>
public enum WatchEventType
{
    /// <summary>It is new, or matches from now on.</summary>
    Added,

    /// <summary>It changed.</summary>
    Modified,

    /// <summary>It is gone, or does not match any more.</summary>
    Deleted,

    /// <summary>Nothing happened up to this version: a later watch may start there.</summary>
    Bookmark,
}

/// <summary>One line of a watch.</summary>
/// <typeparam name="T">The fields that are read.</typeparam>
/// <param name="Type">What happened.</param>
/// <param name="Item">As it is now; as it last was when deleted; little more than a version in a bookmark.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T Item)
    where T : class, IKubernetesObject;
