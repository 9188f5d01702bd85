namespace Ebb.Core.Ports;

/// <summary>
/// Objects of one kind in Ebb's namespace whose status is a document of the engine. Known from a watch; the view of the
/// cluster is not read whole before they are.
/// </summary>
public interface IStatusObjects
{
    /// <summary>All of them, in no order; the same list as long as none changes. Null: not read yet.</summary>
    IReadOnlyList<StatusObject>? Known { get; }

    /// <summary>
    /// Creates the object, or replaces the status of the one that is there. A conflict is answered by reading and
    /// replacing once more: only the leader writes.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="statusJson">A JSON object of at most 512 KiB.</param>
    /// <param name="cancellationToken">The caller's.</param>
    Task<WriteResult> SaveAsync(string name, string statusJson, CancellationToken cancellationToken);

    /// <summary>Deletes it; one that is not there is deleted already.</summary>
    Task<WriteResult> DeleteAsync(string name, CancellationToken cancellationToken);
}

/// <summary>An object and its status.</summary>
/// <param name="Name">Its name.</param>
/// <param name="StatusJson">A JSON object.</param>
public sealed record StatusObject(string Name, string StatusJson);
