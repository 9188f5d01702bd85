using Ebb.Core.Conditions;
using Ebb.Core.Time.Specs;
using NodaTime;

namespace Ebb.Core.Workloads.Declared;

/// <summary>A SleepMethod as it was last seen.</summary>
/// <param name="Name">Its name; it lives in no namespace.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Generation">Counts what was asked in it.</param>
/// <param name="CreatedAt">When it was made; of two for one kind the older counts.</param>
/// <param name="Read">What it says, or what is wrong with it.</param>
/// <param name="Kind">The kind that it names as far as that can be read, for those that say that theirs has no method:
/// <c>group/version/Kind</c> in lower case; null: it names none.</param>
/// <param name="Status">As written last, of this generation; null: there is none.</param>
public sealed record SleepMethodView(
    string Name,
    string Uid,
    long Generation,
    Instant? CreatedAt,
    Parsed<DeclaredMethod> Read,
    string? Kind,
    SleepMethodStatus? Status
);

/// <summary>Whether a SleepMethod counts.</summary>
public enum SleepMethodPhase
{
    /// <summary>Workloads of its kind sleep by it.</summary>
    InForce,

    /// <summary>Something in it is not as it must be.</summary>
    Refused,

    /// <summary>An older one speaks of the same kind.</summary>
    Superseded,
}

/// <summary>The status of a SleepMethod.</summary>
/// <param name="Phase">Whether it counts.</param>
/// <param name="Message">One sentence.</param>
public sealed record SleepMethodStatus(SleepMethodPhase Phase, string Message)
{
    /// <summary>The same as conditions.</summary>
    public IReadOnlyList<ObjectCondition> Conditions =>
        ObjectCondition.Of(
            Phase == SleepMethodPhase.InForce,
            false,
            Phase != SleepMethodPhase.InForce,
            Phase.ToString(),
            Message
        );
}
