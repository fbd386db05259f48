/// All computations of `larmor film validate`. A new row belongs to one of these groups; a new group is a line here.
public enum FilmValidation {
    public static let groups: [FilmCheckGroup] = [
        OneSpinChecks.group, ConvergenceChecks.group, DemagTensorChecks.group, EnergyChecks.group, FilmRecordChecks.group,
        StandardProblem2Checks.group, StandardProblem3Checks.group(.cells10), StandardProblem4Checks.group(.field1Coarse),
        StandardProblem4Checks.group(.field2Coarse), StandardProblem4Checks.groupInFloat(.field1Coarse, deviation: 5e-5),
        StandardProblem4Checks.groupInFloat(.field2Coarse, deviation: 5e-3), StandardProblem4Checks.group(.field1Fine),
        StandardProblem4Checks.group(.field2Fine), StandardProblem3Checks.group(.cells20),
        StandardProblem3Checks.group(.cells32),
    ]
}
