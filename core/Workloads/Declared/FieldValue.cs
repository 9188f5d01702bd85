namespace Ebb.Core.Workloads.Declared;

/// <summary>A field and the value that it has or is to have.</summary>
/// <param name="Path">Where it is, see <see cref="FieldPath"/>.</param>
/// <param name="Json">Its value as JSON; null: it is absent.</param>
/// <param name="AbsentFrom">Of an absent one: the outermost object around it that was absent, too, and goes again when
/// nothing else is in it; null: what it stands in was there.</param>
public sealed record FieldValue(string Path, string? Json, string? AbsentFrom = null);
