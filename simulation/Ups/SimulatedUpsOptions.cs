namespace Ebb.Simulation.Ups;

/// <summary>
/// The options of a simulated UPS. The default is an APC Back-UPS BX1600MI that reports 23 minutes and lasts 6.
/// </summary>
public sealed record SimulatedUpsOptions
{
    /// <summary>The name at upsd; one word of ASCII.</summary>
    public string Name { get; init; } = "ups";

    /// <summary>The text of LIST UPS; null for none.</summary>
    public string? Description { get; init; } = "Simulated UPS";

    /// <summary>Percent, 0 to 100.</summary>
    public double Charge { get; init; } = 100;

    /// <summary>Percent of the nominal load, above 0.</summary>
    public double Load { get; init; } = 17;

    /// <summary>How long a full battery really carries <see cref="Load"/>.</summary>
    public TimeSpan RealRuntime { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>
    /// The reported runtime as a multiple of the true one. 23/6 was measured on the UPS this one is modelled on.
    /// </summary>
    public double Optimism { get; init; } = 23.0 / 6;

    /// <summary>From empty to full. NUT assumes twelve hours.</summary>
    public TimeSpan RechargeTime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Percent at which the battery is called low (<c>battery.charge.low</c>).</summary>
    public double ChargeLow { get; init; } = 10;

    /// <summary>Reported runtime at which the battery is called low (<c>battery.runtime.low</c>).</summary>
    public TimeSpan RuntimeLow { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The users who may do more than read (upsd.users).</summary>
    public IReadOnlyList<SimulatedUpsUser> Users { get; init; } =
    [
        new("admin", "adminpw")
        {
            MaySet = true,
            MayForceShutdown = true,
            MayCommand = true,
        },
        new("primary", "primarypw") { IsPrimary = true },
        new("monuser", "secret") { IsSecondary = true },
    ];
}

/// <summary>One section of upsd.users.</summary>
/// <param name="Name">USERNAME.</param>
/// <param name="Password">PASSWORD.</param>
public sealed record SimulatedUpsUser(string Name, string Password)
{
    /// <summary><c>actions = SET</c></summary>
    public bool MaySet { get; init; }

    /// <summary><c>actions = FSD</c></summary>
    public bool MayForceShutdown { get; init; }

    /// <summary><c>instcmds = ALL</c></summary>
    public bool MayCommand { get; init; }

    /// <summary><c>upsmon primary</c></summary>
    public bool IsPrimary { get; init; }

    /// <summary><c>upsmon secondary</c></summary>
    public bool IsSecondary { get; init; }

    /// <summary>Without the password.</summary>
    public override string ToString() => Name;
}
