using System.Security.Cryptography;
using System.Text;
using Ebb.Core.Workloads;

namespace Ebb.Kubernetes.Baselines;

/// <summary>What was about to change a workload when its baseline was written.</summary>
internal enum BaselineSource
{
    /// <summary>Power.</summary>
    Power,

    /// <summary>What a person asked of it.</summary>
    Override,
}

/// <summary>The workload that a baseline belongs to, and whose baseline it is.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">Who changes it.</param>
internal readonly record struct BaselineKey(
    WorkloadType Type,
    string Namespace,
    string Name,
    BaselineSource Source = BaselineSource.Power
)
{
    /// <summary>The name of the Baseline: a DNS subdomain, another one for each workload.</summary>
    public string ObjectName
    {
        get
        {
            // No namespace has a dot in its name, and no type is called like a namespace.
            var prefix = Source == BaselineSource.Power ? Namespace : $"override.{Namespace}";
            var text = $"{prefix}.{Type.Name}.{Name}";
            return text.Length <= 253 && !text.Contains('/', StringComparison.Ordinal)
                ? text
                : $"{prefix}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40]}";
        }
    }

    /// <summary>Null: the target names no workload that Ebb knows how to size.</summary>
    public static BaselineKey? Of(BaselineSpec? spec) =>
        WorkloadType.Parse(spec?.Target?.Type) is { } type
        && spec is { Target: { Namespace: { } place, Name: { } name } }
            ? new BaselineKey(
                type,
                place,
                name,
                spec.By == Word(BaselineSource.Override) ? BaselineSource.Override : BaselineSource.Power
            )
            : null;

    /// <summary>As <c>spec.by</c> has it.</summary>
    public static string Word(BaselineSource source) => source == BaselineSource.Override ? "override" : "power";
}
