using System.Globalization;
using NodaTime;

namespace Ebb.Core.Power;

/// <summary>
/// Orders as they were created, the earliest first. Instants of creation are whole seconds: within one, what somebody
/// has looked at came before what nobody has; of the latter the resourceVersion tells, which a status changes.
/// </summary>
internal sealed class CreationOrder : IComparer<PowerOrder>
{
    public static readonly CreationOrder Instance = new();

    public int Compare(PowerOrder? x, PowerOrder? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var place = Place(x).CompareTo(Place(y));
        return place != 0 ? place : string.CompareOrdinal(x.Name, y.Name);
    }

    private static (Instant At, bool Pending, ulong Version) Place(PowerOrder order)
    {
        var pending = order.Status.Phase == OrderPhase.Pending;
        return (order.At, pending, pending ? Number(order.Version) : 0);
    }

    /// <summary>0: it is none, and the name tells.</summary>
    private static ulong Number(string version) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
