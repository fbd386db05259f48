// Made by make_calibration_values.py with SciPy 1.17.1 and scikit-learn 1.9.1; not to be changed by hand.
enum CalibrationValues {
    // delta, gamma, log-likelihood, that of no map, standard errors of log delta and gamma.
    static let fit: [Double] = [
        1.1875658272998566, 1.3453852030939, -405.0135028589225, -415.2146167188954, 0.08731057999318172,
        0.09002903866583147,
    ]
    // Effect, effective rows, robust standard errors, likelihood ratio, posterior.
    static let clustered: [Double] = [
        3.246963134812281, 267.32671852468764, 0.1693141202240526, 0.12186269656148743, 3.8483165946639883,
        0.9750183144844939,
    ]
    // delta, gamma, standard deviation.
    static let bold95: [Double] = [
        1.130649623958177, 1.3876911092557145, 0.31110126814294037,
    ]
    static let bold80: [Double] = [
        1.1308092637326874, 1.399029941425727, 0.31233112291160436,
    ]
    // Of scores with heavy tails: sum of their log odds, right ones, then the fit as above.
    static let sure400: [Double] = [
        -78.79246846363854, 225.0, 2.5460377164663432, 2.5248804401767613, -90.25456623826241, -118.17142639104588,
        0.20700875844488195, 0.31859020093266105,
    ]
    static let sure400Bold95: [Double] = [
        3.1458043528170623, 3.407379120737664, 0.4359722398049817,
    ]
    static let sure400Bold80: [Double] = [
        3.3253275343327284, 3.639121665683033, 0.4395130351192164,
    ]
    // Of scores with heavy tails: sum of their log odds, right ones, then the fit as above.
    static let sure3000: [Double] = [
        -7040.301544999404, 1710.0, 2.56915029940104, 2.3992077023055605, -642.4565320302795, -847.8221897414335,
        0.0767566449931741, 0.11044670679386148,
    ]
    static let sure3000Bold95: [Double] = [
        2.794660056793216, 2.7700283471366483, 0.43004537645492236,
    ]
    static let sure3000Bold80: [Double] = [
        2.8299254020605957, 2.826731925420691, 0.43120103613712696,
    ]
    // Slope and intercept.
    static let platt: [Double] = [
        -6.38798944743934, 3.021784825588326,
    ]
    static let temperature: [Double] = [0.746565284215812]
    // a, b, c by our Newton's method; within 1e-4 of scikit-learn's solver, which stops earlier.
    static let beta: [Double] = [
        0.8501252008221868, 1.8975722606289036, -0.6633660361719175,
    ]
    static let isotonicPlaces: [Double] = [
        0.01, 0.1, 0.3, 0.35, 0.5, 0.7, 0.9, 0.99,
    ]
    static let isotonic: [Double] = [
        0.0784313725490196, 0.0784313725490196, 0.3333333333333333, 0.3523809523809524, 0.5666666666666667,
        0.8181818181818182, 1.0, 1.0,
    ]
    // Scores rounded to tenths, below 1.
    static let isotonicTies: [Double] = [
        0.07920792079207921, 0.07920792079207921, 0.3229166666666667, 0.3466435185185185, 0.5543478260869565,
        0.7452830188679245, 0.9716981132075472, 0.9716981132075472,
    ]
    // Brier score, log-loss, area under the curve; the Brier score after isotonic regression.
    static let measures: [Double] = [
        0.1549432318945799, 0.4783578533627827, 0.8606670929241262, 0.14702777599833478,
    ]
}
