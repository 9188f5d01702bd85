using NodaTime;

namespace Ebb.Core.Time.Timetables;

/// <summary>
/// What holds now for many timetables. Each is evaluated only when its next change has come, or when time went back
/// before the instant at which it was evaluated; an update at which nothing is due costs one comparison. Not safe from
/// several threads.
/// </summary>
/// <param name="timetables">In an order that stays.</param>
public sealed class TimetableCache(IReadOnlyList<ITimetable> timetables)
{
    private readonly ScheduleState?[] _states = new ScheduleState?[timetables.Count];
    private readonly Instant[] _since = NewArray(timetables.Count, Instant.MaxValue);
    private readonly Instant[] _until = NewArray(timetables.Count, Instant.MinValue);
    private Instant _from = Instant.MaxValue;
    private Instant _to = Instant.MinValue;

    /// <summary>When something next may change; null: never. As of the last <see cref="Update"/>.</summary>
    public Instant? NextChange => _to == Instant.MaxValue ? null : _to;

    /// <summary>What held at the last <see cref="Update"/>.</summary>
    public ScheduleState this[int index] =>
        _states[index] ?? throw new InvalidOperationException("Update was not called yet");

    /// <summary>
    /// Until when the state of one of them holds, excluded; null: for ever. As of the last <see cref="Update"/>.
    /// </summary>
    public Instant? Until(int index) => _until[index] == Instant.MaxValue ? null : _until[index];

    /// <summary>Evaluates what is due at <paramref name="now"/>; whether anything was.</summary>
    public bool Update(Instant now)
    {
        if (now >= _from && now < _to)
            return false;
        var (from, to, changed) = (Instant.MinValue, Instant.MaxValue, false);
        for (var i = 0; i < _states.Length; i++)
        {
            if (now < _since[i] || now >= _until[i])
            {
                var state = timetables[i].At(now);
                changed |= state != _states[i];
                _states[i] = state;
                _since[i] = now;
                _until[i] = timetables[i].NextChange(now) ?? Instant.MaxValue;
            }

            if (_since[i] > from)
                from = _since[i];
            if (_until[i] < to)
                to = _until[i];
        }

        (_from, _to) = (from, to);
        return changed;
    }

    private static Instant[] NewArray(int length, Instant value)
    {
        var array = new Instant[length];
        Array.Fill(array, value);
        return array;
    }
}
