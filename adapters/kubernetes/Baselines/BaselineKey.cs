using System.Security.Cryptography;
using System.Text;
using Ebb.Core.Workloads;

namespace Ebb.Kubernetes.Baselines;

/// <summary>The workload that a baseline belongs to.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct BaselineKey(WorkloadType Type, string Namespace, string Name)
{
    /// <summary>The name of the Baseline: a DNS subdomain, another one for each workload.</summary>
    public string ObjectName
    {
        get
        {
            var text = $"{Namespace}.{Type.Name}.{Name}";
            return text.Length <= 253 && !text.Contains('/', StringComparison.Ordinal)
                ? text
                : $"{Namespace}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40]}";
        }
    }

    /// <summary>Null: the target names no workload that Ebb knows how to size.</summary>
    public static BaselineKey? Of(BaselineTarget? target) =>
        WorkloadType.Parse(target?.Type) is { } type && target is { Namespace: { } place, Name: { } name }
            ? new BaselineKey(type, place, name)
            : null;
}
