using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>What a ResourceQuota allows the pods of one template, as the Kubernetes documentation defines it.</summary>
internal sealed class QuotaRules
{
    private static readonly int[] Compute = [Interned.Resources.IdOf("cpu"), Interned.Resources.IdOf("memory")];
    private readonly TargetFacts _target;

    public QuotaRules(TargetFacts target, IEnumerable<QuotaObject> quotas)
    {
        _target = target;
        foreach (var quota in quotas)
            Add(quota.Metadata.Name, quota.Spec);
    }

    public List<QuotaRule> Rules { get; } = [];

    /// <summary>Scopes by which other pods would have to be told apart by what is not read of them.</summary>
    public List<string> Uncountable { get; } = [];

    /// <summary>Why the API server would refuse every pod of the template; null: it would not.</summary>
    public string? Refusal { get; private set; }

    private void Add(string name, QuotaSpec? spec)
    {
        bool? bestEffort = null,
            terminating = null;
        List<QuotaScope> scopes =
        [
            .. (spec?.Scopes ?? []).Select(scope => new QuotaScope(scope, "Exists", null)),
            .. spec?.ScopeSelector?.MatchExpressions ?? [],
        ];
        List<string> unread = [];
        foreach (var scope in scopes)
        {
            switch (scope.ScopeName)
            {
                case "BestEffort" or "NotBestEffort":
                    bestEffort = scope.ScopeName == "BestEffort";
                    if (bestEffort != IsBestEffort)
                        return;
                    break;
                case "Terminating" or "NotTerminating":
                    terminating = scope.ScopeName == "Terminating";
                    if (terminating != _target.Replica.HasDeadline)
                        return;
                    break;
                case "PriorityClass" when _target.PriorityClass is { } own && !IsMeant(scope, own):
                    return;
                case "CrossNamespacePodAffinity" when _target.Replica.Repels.Count == 0:
                    return;
                default:
                    unread.Add(scope.ScopeName ?? "");
                    break;
            }
        }

        var counted = Uncountable.Count;
        foreach (var (what, hard) in spec?.Hard ?? SmallDictionary.None)
        {
            if (Named(what) is not var (resource, ofLimits, required))
                continue;
            if (unread.Count > 0)
            {
                if (Uncountable.Count == counted)
                    Uncountable.Add($"ResourceQuota {name} with the scope {string.Join(", ", unread)}");
                continue;
            }

            if (!Quantity.TryParse(hard, Quantity.UnitsOf(resource), out var units))
                Uncountable.Add($"ResourceQuota {name} with {what}: {hard}");
            var id = Interned.Resources.IdOf(resource);
            if (
                required
                && !_target.Template.IsOfWhole
                && _target.Template.Containers.FirstOrDefault(one => (ofLimits ? one.Limits : one.Requests).Of(id) == 0)
                    is { Name: not null } lacks
            )
                Refusal ??=
                    $"ResourceQuota {name}: expected a {(ofLimits ? "limit" : "request")} of {resource} in container "
                    + $"{lacks.Name} of {_target.Ref}, since it bounds {what}, found none";
            Rules.Add(new QuotaRule(name, what, id, ofLimits, units, bestEffort, terminating));
        }
    }

    // What of hard is about pods; the rest is about other objects.
    private static (string Resource, bool OfLimits, bool Required)? Named(string what) =>
        what switch
        {
            "pods" or "count/pods" => ("pods", false, false),
            "cpu" or "memory" => (what, false, true),
            "requests.cpu" or "requests.memory" => (what["requests.".Length..], false, true),
            "limits.cpu" or "limits.memory" => (what["limits.".Length..], true, true),
            "ephemeral-storage" or "requests.ephemeral-storage" => ("ephemeral-storage", false, false),
            "limits.ephemeral-storage" => ("ephemeral-storage", true, false),
            _ when what.StartsWith("hugepages-", StringComparison.Ordinal) => (what, false, false),
            _ when what.StartsWith("requests.", StringComparison.Ordinal) && what != "requests.storage" => (
                what["requests.".Length..],
                false,
                false
            ),
            _ => null,
        };

    private static bool IsMeant(QuotaScope scope, string priorityClass) =>
        scope.Operator switch
        {
            "In" => scope.Values?.Contains(priorityClass) == true,
            "NotIn" => scope.Values?.Contains(priorityClass) != true,
            "DoesNotExist" => false,
            _ => true,
        };

    // The pod's own resources decide alone where it has any.
    private bool IsBestEffort =>
        _target.Template is { IsOfWhole: true } template
            ? Compute.All(id => (template.Whole?.Of(id) ?? 0) == 0 && template.WholeLimits.Of(id) == 0)
            : _target.Template.Containers.All(one =>
                Compute.All(id => one.Requests.Of(id) == 0 && one.Limits.Of(id) == 0)
            );
}
