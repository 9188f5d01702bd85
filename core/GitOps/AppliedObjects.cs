using Ebb.Core.Workloads;

namespace Ebb.Core.GitOps;

/// <summary>What an owner says itself that it applies.</summary>
public sealed class AppliedObjects
{
    private readonly HashSet<string> _ids;
    private readonly string? _namespace;

    /// <param name="ids">Each as <c>namespace_name_group_Kind</c>, as Flux has it in its inventory.</param>
    /// <param name="namespace">Where all that it applies goes; null: it does not say.</param>
    public AppliedObjects(IEnumerable<string> ids, string? @namespace)
    {
        _ids = ids.ToHashSet(StringComparer.Ordinal);
        _namespace = @namespace;
    }

    /// <summary>Whether it is one of them.</summary>
    public bool Contains(ObjectRef applied)
    {
        ArgumentNullException.ThrowIfNull(applied);
        if (applied.Namespace == _namespace)
            return true;
        var slash = applied.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : applied.ApiVersion[..slash];
        return _ids.Contains($"{applied.Namespace}_{applied.Name}_{group}_{applied.Kind}");
    }
}
