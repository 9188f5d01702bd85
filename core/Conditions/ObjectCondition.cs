namespace Ebb.Core.Conditions;

/// <summary>A condition in a status, as <c>kubectl wait</c> reads it.</summary>
/// <param name="Type">One word in UpperCamelCase.</param>
/// <param name="Status">Whether it holds; null: not known.</param>
/// <param name="Reason">One word in UpperCamelCase.</param>
/// <param name="Message">One sentence; empty: nothing to say.</param>
public sealed record ObjectCondition(string Type, bool? Status, string Reason, string Message)
{
    /// <summary>The three that every status of Ebb's has: Ready, Progressing and Degraded.</summary>
    /// <param name="ready">It is as it is asked to be; null: not known.</param>
    /// <param name="progressing">It is being made so.</param>
    /// <param name="degraded">Something is wrong; null: not known.</param>
    /// <param name="reason">One word.</param>
    /// <param name="message">One sentence; it stands with the first that holds.</param>
    public static IReadOnlyList<ObjectCondition> Of(
        bool? ready,
        bool progressing,
        bool? degraded,
        string reason,
        string message
    )
    {
        var telling =
            degraded == true ? "Degraded"
            : progressing ? "Progressing"
            : "Ready";
        return
        [
            .. new (string Type, bool? Status)[]
            {
                ("Ready", ready),
                ("Progressing", progressing),
                ("Degraded", degraded),
            }.Select(one => new ObjectCondition(one.Type, one.Status, reason, one.Type == telling ? message : "")),
        ];
    }
}
