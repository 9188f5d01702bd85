using Ebb.Core.Time.Specs;

namespace Ebb.Core.Time.Sizing;

/// <summary>A Schedule that goes.</summary>
public static class ScheduleDeletion
{
    /// <summary>The next step until it may go when there is nothing to write back; null: nothing holds it.</summary>
    public static ScheduleWrite? Of(ObjectView schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return BaselineWrites.Drop(schedule);
    }

    /// <summary>Whether a Schedule or HPA keeps what something was.</summary>
    public static bool Keeps(ObjectView holder)
    {
        ArgumentNullException.ThrowIfNull(holder);
        return ScheduleBaseline.Of(holder) is not null;
    }
}

/// <summary>What an HPA scales.</summary>
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
