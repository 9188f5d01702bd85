using Ebb.Core.Waves;
using Ebb.Engine.Settings;
using Ebb.Nut;

namespace Ebb.Engine.Power;

/// <summary>What must never be put to sleep: this process, and what tells it about the UPS.</summary>
internal sealed class ProtectedWorkloads
{
    public ProtectedWorkloads(EbbSettings settings)
    {
        List<Protected> targets = [];
        if (settings.Self is { } self)
            targets.Add(
                new Protected(self.Namespace, self.Name, "it is Ebb itself, which must stay awake to wake the others")
            );
        foreach (var source in settings.Sources)
        {
            if (Service(source) is { } service)
                targets.Add(
                    new Protected(
                        service.Namespace,
                        service.Name,
                        $"it is the UPS source {source}, without which nobody would know when to wake"
                    )
                );
        }
        Targets = targets;
    }

    public IReadOnlyCollection<Protected> Targets { get; }

    /// <summary>
    /// A host such as <c>name.namespace</c> or <c>name.namespace.svc.cluster.local</c> is a Service of the cluster;
    /// others are not.
    /// </summary>
    private static (string Namespace, string Name)? Service(UpsSourceAddress source)
    {
        var labels = source.Host.Split('.');
        return labels.Length == 2 || (labels.Length > 2 && labels[2] == "svc") ? (labels[1], labels[0]) : null;
    }
}
