using Ebb.Simulation.Resources;

namespace Ebb.Simulation.Store;

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>
/// One write. <see cref="Old"/> is absent for Added; <see cref="New"/> of a Deleted is the last state with the version
/// of the deletion.
/// </summary>
internal sealed record Change(ApiResource Type, ChangeKind Kind, StoredObject? Old, StoredObject New)
{
    public long Version => New.Version;
}
