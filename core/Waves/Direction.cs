namespace Ebb.Core.Waves;

/// <summary>Which way the waves go.</summary>
public enum Direction
{
    /// <summary>Nowhere: everything stays as it stands.</summary>
    None,

    /// <summary>To sleep, in ascending shutdownPriority.</summary>
    Down,

    /// <summary>Awake, in ascending scaleUpPriority.</summary>
    Up,
}

/// <summary>The phase of the whole cluster.</summary>
public enum Phase
{
    /// <summary>Everything is awake, and nothing suggests otherwise.</summary>
    Normal,

    /// <summary>On battery, and too early for an outage.</summary>
    OnBattery,

    /// <summary>Waves go down.</summary>
    GoingToSleep,

    /// <summary>All waves are down.</summary>
    Asleep,

    /// <summary>Something sleeps, and it is too early or not known whether to wake it.</summary>
    WaitingForMains,

    /// <summary>Waves go up.</summary>
    Waking,

    /// <summary>A person said: touch nothing.</summary>
    Held,
}
