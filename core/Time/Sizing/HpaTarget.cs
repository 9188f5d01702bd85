using Ebb.Core.Time.Specs;

namespace Ebb.Core.Time.Sizing;

/// <summary>What an HPA or a ScaledObject scales.</summary>
public static class HpaTarget
{
    /// <summary>
    /// Kind and name; null when it does not say. A ScaledObject that names no kind scales a Deployment.
    /// </summary>
    public static (string Kind, string Name)? Of(ObjectView hpa)
    {
        ArgumentNullException.ThrowIfNull(hpa);
        var target = hpa.Read("spec").Object("scaleTargetRef", required: false);
        return
            (target.Text("kind") ?? (hpa.Ref.Kind == ScheduleTarget.ScaledObject ? "Deployment" : null)) is { } kind
            && target.Text("name") is { } name
            ? (kind, name)
            : null;
    }
}
